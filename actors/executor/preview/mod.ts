export type { PreviewPlace } from "./open-previews.ts";
export { type Preview, PreviewError, type Previews, previewsOn } from "./previews.ts";
