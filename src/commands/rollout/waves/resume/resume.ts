import { heldByOther } from '#controller/waves/plan.ts'
import { unpauseWaves } from '#rollout/waves/marks.ts'
import { wavesAct } from '../act.ts'
import { carryOn } from '../carry-on.ts'

export const resumeWavesCommand = wavesAct(async ({ connected, context, gate, json, name, read, view }) => {
  const { clock } = context
  const { daemonSet, record } = await read()
  const { lease, paused } = record.state
  if (paused !== undefined && lease && heldByOther(record.state, '', clock.now())) {
    await unpauseWaves(connected.cluster, name, { clock, signal: connected.signal })
    view('resumed', `daemonset.apps/${name.name} continues: ${lease.holder} is working on it`)
    return 0
  }
  return carryOn(daemonSet, { gate, json, resume: true }, connected, context)
})
