import type { Context } from '#cli/context.ts'
import { loadKubeconfig } from '#cluster/config/kubeconfig.ts'
import { connect } from '#cluster/live/connect.ts'
import { daemonSets } from '#cluster/resources.ts'
import { verdictByStatus } from '#controller/state/verdict.ts'
import type { DaemonSet } from '#kube/types.ts'
import { counted, objectName, sampleNames } from '#views/names.ts'
import { quietHost } from './quiet-host.ts'

/** How long somebody may be kept waiting who has asked for nothing, in milliseconds. */
const patience = 800

/** Columns that the names of DaemonSets may take. */
const listWidth = 50

/** How DaemonSets stand, in a line. */
export function standingText(context: string, all: readonly DaemonSet[]): string {
  const where = `Context ${context || 'of this pod'}`
  if (all.length === 0) return `${where} has no DaemonSet yet.`
  const doubtful = all.filter((one) => verdictByStatus(one) === undefined)
  if (doubtful.length === 0) return `${where}: ${counted(all.length, 'DaemonSet')}, all ok.`
  const names = doubtful.map(({ metadata }) =>
    objectName({ namespace: metadata?.namespace ?? '', name: metadata?.name ?? '' }),
  )
  const not = `${doubtful.length} of ${counted(all.length, 'DaemonSet')} not ok: ${sampleNames(names, listWidth)}.`
  return `${where}: ${not}\nWhat is wrong, and what to do: kds get -A --problems`
}

/** That of the cluster that kubectl would ask; undefined where there is none, it is slow, or it may not be asked. */
export async function standing(context: Context): Promise<string | undefined> {
  const signal = AbortSignal.timeout(patience)
  const host = quietHost(context)
  const look = async () => {
    const { currentContext } = await loadKubeconfig(undefined, host)
    const { cluster } = await connect({}, host)
    try {
      return standingText(currentContext, (await cluster.list(daemonSets, { signal })).items)
    } finally {
      cluster.close()
    }
  }
  const late = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
  return Promise.race([look(), late]).catch(() => undefined)
}
