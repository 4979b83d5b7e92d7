/** A module of its own, so that the bundler can leave out the rest of client-node. */
export { KubeConfig } from '@kubernetes/client-node'
