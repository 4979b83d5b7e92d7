import type { Context } from '#cli/context.ts'
import type { Command } from '#cli/spec.ts'
import { jsonText } from '#cli/structured.ts'
import { nameOf } from '#cluster/resources.ts'
import { type Connected, withCluster } from '#commands/shared/connection.ts'
import { hinted } from '#commands/shared/hints.ts'
import { wavesRecord } from '#controller/waves/annotations.ts'
import type { WavesRecord } from '#controller/waves/plan.ts'
import type { DaemonSet } from '#kube/types.ts'
import { noWavesThere } from '#rollout/waves/marks.ts'
import { wavesEvent } from '#views/waves/document.ts'
import { getTarget, requiredTarget } from './target.ts'

/** What a command that acts on waves under way works with. */
export interface WavesAct {
  readonly connected: Connected
  readonly context: Context
  readonly name: { readonly name: string; readonly namespace: string }
  /** As `--gate` was given. */
  readonly gate: string | undefined
  readonly json: boolean
  on(flag: string): boolean
  /** How it stands. @throws KdsError where there are no waves */
  read(): Promise<{ readonly daemonSet: DaemonSet; readonly record: WavesRecord }>
  /** Says what was done: a line, or an event. */
  view(event: string, text: string): void
}

/** A command about the waves of one DaemonSet. */
export function wavesAct(act: (given: WavesAct) => Promise<number>): Command {
  return {
    async run(invocation, context) {
      return withCluster(invocation, context, async (connected) => {
        const target = await requiredTarget(invocation.args, connected)
        const name = { name: target, namespace: connected.namespace }
        const json = invocation.text('output') === 'json'
        const view = (event: string, text: string) =>
          context.stdout.write(
            json ? jsonText(wavesEvent(name, context.clock.now(), event, undefined)) : `${text}\n`,
          )
        const read = async () => {
          const daemonSet = await getTarget(target, connected)
          const record = wavesRecord(daemonSet)
          if (!record) throw noWavesThere(nameOf(daemonSet))
          return { daemonSet, record }
        }
        const gate = invocation.given('gate') ? (invocation.text('gate') ?? '') : undefined
        try {
          return await act({
            connected,
            context,
            name,
            gate,
            json,
            on: (flag) => invocation.on(flag),
            read,
            view,
          })
        } catch (error) {
          throw await hinted(error, connected)
        }
      })
    },
  }
}
