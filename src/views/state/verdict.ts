import { escapeLine } from '#base/escape.ts'
import type { Style } from '#base/style.ts'
import type { DaemonSetState, VerdictCode } from '#controller/state/types.ts'

const colours: Readonly<Record<VerdictCode, 'good' | 'warn' | 'bad' | 'accent' | 'dim'>> = {
  ok: 'good',
  misscheduled: 'warn',
  deleting: 'dim',
  unobserved: 'accent',
  updating: 'accent',
  starting: 'accent',
  'waits-for-delete': 'warn',
  'no-node': 'warn',
  stuck: 'bad',
  'no-pods': 'bad',
}

/** The verdict, coloured by how bad it is. */
export const verdictText = ({ verdict }: Pick<DaemonSetState, 'verdict'>, style: Style): string =>
  style[colours[verdict.code]](escapeLine(verdict.text))
