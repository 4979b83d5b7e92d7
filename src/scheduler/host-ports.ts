import type { PodSpec } from '#kube/types.ts'

export interface HostPort {
  readonly port: number
  readonly protocol: string
  readonly hostIP: string
}

const everywhere = '0.0.0.0'

/**
 * The ports of the node that a pod holds. Sidecars count, other init containers do not; with hostNetwork every container
 * port is one of the node. Mirrors `GetHostPorts` of the scheduler and the API server's defaults.
 */
export function hostPorts(spec: PodSpec | null | undefined): HostPort[] {
  const sidecars = (spec?.initContainers ?? []).filter((container) => container?.restartPolicy === 'Always')
  return [...(spec?.containers ?? []), ...sidecars].flatMap((container) =>
    (container?.ports ?? []).flatMap((port) => {
      const number = port?.hostPort || (spec?.hostNetwork === true ? port?.containerPort : 0)
      if (!number) return []
      return [{ port: number, protocol: port.protocol || 'TCP', hostIP: port.hostIP || everywhere }]
    }),
  )
}

/** Same protocol and port, on the same address or one of them on all: `HostPortInfo.CheckConflict`. */
export const portsConflict = (one: HostPort, other: HostPort): boolean =>
  one.port === other.port &&
  one.protocol === other.protocol &&
  (one.hostIP === other.hostIP || one.hostIP === everywhere || other.hostIP === everywhere)
