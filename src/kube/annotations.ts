/** Where `kubectl apply` keeps what it applied last. */
export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration'

/** Where `kubectl rollout restart` writes the moment, on a pod template. */
export const restartedAtAnnotation = 'kubectl.kubernetes.io/restartedAt'

/** On a PersistentVolumeClaim: its binding has come to its end. */
export const boundAnnotation = 'pv.kubernetes.io/bind-completed'

/** On the StorageClass of claims that name none. */
export const defaultClassAnnotation = 'storageclass.kubernetes.io/is-default-class'
