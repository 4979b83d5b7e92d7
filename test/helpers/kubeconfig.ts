/** A kubeconfig of one context: `c`, with the cluster `k` and the user `u`. */
export const kubeconfigOf = (cluster: object, user: object = {}, context: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'c',
  contexts: [{ name: 'c', context: { cluster: 'k', user: 'u', ...context } }],
  clusters: [{ name: 'k', cluster }],
  users: [{ name: 'u', user }],
})
