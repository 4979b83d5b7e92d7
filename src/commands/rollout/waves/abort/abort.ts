import { KdsError } from '#base/errors.ts'
import { wavesRecord } from '#controller/waves/annotations.ts'
import { heldByOther } from '#controller/waves/plan.ts'
import { abortWaves } from '#rollout/waves/marks.ts'
import { wavesAct } from '../act.ts'
import { carryOn } from '../carry-on.ts'

export const abortCommand = wavesAct(async ({ connected, context, json, name, read, view }) => {
  const { clock } = context
  const { cluster, signal } = connected
  await read()
  const { daemonSet, done } = await abortWaves(cluster, name, { clock, signal })
  const subject = `daemonset.apps/${name.name}`
  if (done === 'template-left') {
    view(
      'handed-over',
      `${subject}: its own strategy is restored and rolls out the template that someone else set`,
    )
    return 0
  }
  if (done === 'strategy-left') {
    view(
      'handed-over',
      `${subject}: its old template is restored and rolls out with the strategy that someone else set`,
    )
    return 0
  }
  const options = { gate: undefined, json, aborts: true }
  const state = wavesRecord(daemonSet)?.state
  if (state && heldByOther(state, '', clock.now())) {
    try {
      return await carryOn(daemonSet, { ...options, follow: 'while-held' }, connected, context)
    } catch (error) {
      if (!(error instanceof KdsError) || error.code !== 'gone') throw error
    }
  }
  return carryOn(daemonSet, options, connected, context)
})
