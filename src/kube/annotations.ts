/** Where `kubectl apply` keeps what it applied last. */
export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration'

/** Where `kubectl rollout restart` writes the moment, on a pod template. */
export const restartedAtAnnotation = 'kubectl.kubernetes.io/restartedAt'
