import { KdsError } from '#base/errors.ts'
import { ApiError } from '#cluster/api-error.ts'
import type { Cluster } from '#cluster/port.ts'
import { daemonSets } from '#cluster/resources.ts'
import { wavesRecord } from '#controller/waves/annotations.ts'
import { heldByOther, leaseMs } from '#controller/waves/plan.ts'
import type { DaemonSet } from '#kube/types.ts'
import { mayBeDone } from '../uncertain-write.ts'
import type { WavesEvent } from './events.ts'
import { refuseForeign } from './foreign.ts'
import { fieldManager, statePatch } from './patches.ts'

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

interface Taking {
  readonly holder: string
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly tell: (event: WavesEvent) => void
}

/** How often it is looked whether who holds the lease has confirmed it. */
const lookAgainMs = 5_000

/** How often a write is tried while others write, or the server fails. */
const attempts = 8

/**
 * Takes the lease of a roll-out in waves, once the one who holds it has let it run out. Answers the DaemonSet; undefined
 * where there are no waves.
 *
 * @throws KdsError where the other is alive (`held`), and at once where somebody else has changed what is rolled out (`changed`)
 */
export async function takeLease(
  cluster: Cluster,
  name: { readonly name: string; readonly namespace: string },
  { clock, holder, signal, tell }: Taking,
): Promise<DaemonSet | undefined> {
  let seen: { readonly holder: string; readonly renewed: number } | undefined
  for (let attempt = 1; ; ) {
    const daemonSet = await cluster.get(daemonSets, name, { signal })
    const record = wavesRecord(daemonSet)
    if (!record) return undefined
    refuseForeign(daemonSet, record)
    const { lease } = record.state
    if (lease && heldByOther(record.state, holder, clock.now())) {
      if (seen && (seen.holder !== lease.holder || seen.renewed !== lease.renewed))
        throw heldElsewhere(name, lease.holder)
      const until = lease.renewed + leaseMs
      if (!seen) tell({ kind: 'waiting', holder: lease.holder, until })
      seen = lease
      await clock.sleep(Math.min(lookAgainMs, Math.max(1, until - clock.now())), signal)
      continue
    }
    const state = { ...record.state, lease: { holder, renewed: clock.now() } }
    const body = statePatch(daemonSet, state)
    try {
      return await cluster.patch(daemonSets, name, { type: 'strategic', body }, { fieldManager, signal })
    } catch (error) {
      if (!(error instanceof ApiError) || !(error.status === 409 || mayBeDone(error))) throw error
      if (attempt >= attempts) throw error
      await clock.sleep(200 * attempt, signal)
      attempt++
    }
  }
}

export function heldElsewhere(name: { readonly name: string; readonly namespace: string }, holder: string) {
  return new KdsError('held', `${holder} is at work on daemonset.apps/${name.name}`, {
    hint: `kds rollout waves status ds/${name.name} -n ${name.namespace} --watch follows it`,
  })
}
