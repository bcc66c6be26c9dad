export { PreviewError, type Previews, previewsOn } from "./previews.ts";
