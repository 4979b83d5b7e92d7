import type { DaemonSet } from '#kube/types.ts'

/** Stands before what is left of a value of an environment variable. */
export const hiddenMark = 'kds-hidden-'

/** Whether DaemonSets of a snapshot have hidden environments: a manifest compares with them only when its own is hidden, too. */
export const hidesEnvironment = (daemonSets: readonly DaemonSet[]): boolean =>
  daemonSets.some((one) => JSON.stringify(one.spec?.template ?? null).includes(`"value":"${hiddenMark}`))
