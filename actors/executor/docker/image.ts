/**
 * The image that environments are made of where no other is asked for; `thalassa setup executor` builds it. Another one needs
 * `sh`, GNU coreutils, grep, findutils, `socat` or `bash`, and a folder `/workspace` that belongs to 1000:1000.
 */
export const WORKSPACE_IMAGE = "thalassa-workspace:1";

/** The label by which it is known of what an image was built. */
export const RECIPE_LABEL = "thalassa.recipe";
