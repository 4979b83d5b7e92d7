import { KdsError } from '#base/errors.ts'
import { wavesRecord } from '#controller/waves/annotations.ts'
import { heldByOther } from '#controller/waves/plan.ts'
import { type Aborted, abortWaves } from '#rollout/waves/marks.ts'
import { wavesAct } from '../act.ts'
import { carryOn } from '../carry-on.ts'

/** What an abort leaves to others. */
const left: Readonly<Record<Exclude<Aborted, 'going-back'>, string>> = {
  'template-left': 'its own strategy is restored and rolls out the template that someone else set',
  'strategy-left': 'its old template is restored and rolls out with the strategy that someone else set',
  'both-left': 'the waves are over; the template and the strategy that someone else set are left',
}

export const abortCommand = wavesAct(async ({ connected, context, json, name, read, view }) => {
  const { clock } = context
  const { cluster, signal } = connected
  await read()
  const { daemonSet, done } = await abortWaves(cluster, name, { clock, signal })
  if (done !== 'going-back') {
    view('handed-over', `daemonset.apps/${name.name}: ${left[done]}`)
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
