/** In the metadata of a snapshot: the kinds of which it holds none because the cluster has none, with commas between. */
export const noneAnnotation = 'kds.dev/none'
