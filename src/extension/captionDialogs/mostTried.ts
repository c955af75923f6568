/** Maximum number of images on which a captioner is tried at a time. */
export const mostTried = 5;
