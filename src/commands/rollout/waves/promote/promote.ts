import { heldByOther } from '#controller/waves/plan.ts'
import { humanDuration } from '#kube/duration.ts'
import { promoteAll, promoteWave } from '#rollout/waves/marks.ts'
import { wavesAct } from '../act.ts'
import { carryOn, requireGate } from '../carry-on.ts'

export const promoteCommand = wavesAct(async ({ connected, context, gate, json, name, on, read, view }) => {
  const { clock } = context
  const { cluster, signal } = connected
  const { record } = await read()
  const subject = `daemonset.apps/${name.name}`
  if (on('all')) {
    await promoteAll(cluster, name, { clock, signal })
    view('handed-over', `${subject}: the waves are over; its own strategy is back and does the rest`)
    return 0
  }
  const alive = heldByOther(record.state, '', clock.now())
  if (!alive) requireGate(record.plan.gate, gate)
  const daemonSet = await promoteWave(cluster, name, { clock, signal })
  if (alive) {
    const { holder = '', renewed = 0 } = record.state.lease ?? {}
    const heard = humanDuration(Math.max(0, clock.now() - renewed))
    view(
      'promoted',
      `${subject}: wave ${record.state.wave + 1} is promoted; ${holder}, last heard of ${heard} ago, continues`,
    )
    return 0
  }
  return carryOn(daemonSet, { gate, json }, connected, context)
})
