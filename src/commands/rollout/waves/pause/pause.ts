import { pauseWaves } from '#rollout/waves/marks.ts'
import { wavesAct } from '../act.ts'
import { holderName } from '../holder.ts'

export const pauseWavesCommand = wavesAct(async ({ connected, context, name, read, view }) => {
  await read()
  const options = { clock: context.clock, signal: connected.signal }
  await pauseWaves(connected.cluster, name, `by ${holderName().replace(/-\w+$/, '')}`, options)
  view('paused', `daemonset.apps/${name.name} is paused`)
  return 0
})
