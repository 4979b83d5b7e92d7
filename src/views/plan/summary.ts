import { escapeLine } from '#base/escape.ts'
import { wrapped } from '#base/wrap.ts'
import type { PlanAdmission } from '#controller/changes/plan-admission.ts'
import type { ChangePlan } from '#controller/changes/plan-changes.ts'
import type { PlacementPlan } from '#placement/plan.ts'
import { type Section, sectionsText, type TextOptions } from '../sections.ts'
import { admissionNotes } from './admission.ts'
import { blockedNotes } from './blocked.ts'
import { lackText } from './change-reasons.ts'
import { evictionSections } from './evictions.ts'
import { type NodeGroup, planGroups, type ShownPlan } from './groups.ts'
import { headline } from './headline.ts'
import { groupKeys, looks, marksAlways } from './looks.ts'
import { nearestMissText } from './nearest-miss.ts'

/** What a group means, if its title does not say it all. */
export function noteOf({ key, changes }: NodeGroup, admission: PlanAdmission | undefined): string {
  if (key === 'maybe-refused' && admission)
    return `${admission.letIn} of ${admission.wanted} pods are admitted, which ones is left to chance`
  return key === 'unplaceable' ? lackText(changes) : (looks[key].note ?? '')
}

function section(group: NodeGroup, admission: PlanAdmission | undefined, { style }: TextOptions): Section {
  const { mark, title, tone } = looks[group.key]
  return {
    mark,
    asciiMark: marksAlways(group.key),
    title,
    note: noteOf(group, admission),
    paint: style[tone],
    groups: group.groups,
  }
}

function deleteNote(waves: ChangePlan['waves']): string {
  if (!waves) return 'Its update strategy is OnDelete: a pod is replaced only once someone deletes it.'
  return waves.paused === undefined
    ? 'It is being rolled out in waves: kds deletes the old pods of a wave when its turn comes.'
    : `Its roll-out in waves is paused (${waves.paused}): kds rollout waves resume goes on.`
}

/** What holds for the whole plan, a sentence each. */
export function planNotes(plan: ChangePlan, daemonSet: PlacementPlan['daemonSet']): string[] {
  const { isNew, waitsForDelete, waves, namespaceSelector } = plan
  const lines = blockedNotes(plan, daemonSet)
  if (isNew) lines.push('It is not in the cluster yet: it will be created.')
  if (waitsForDelete) lines.push(deleteNote(waves))
  if (namespaceSelector) {
    const { annotation, text } = namespaceSelector
    lines.push(`Its namespace adds the node selector ${text} (annotation ${annotation}).`)
  }
  return lines.map(escapeLine)
}

/** Does it come before the groups of nodes on which nothing happens? */
const changesPods = ({ key }: NodeGroup) => groupKeys.indexOf(key) < groupKeys.indexOf('waits-for-delete')

/** What comes before the nodes: the answer, then what holds for all of the plan. */
export function topLines(shown: ShownPlan, options: TextOptions): string[] {
  const { admission, changes, plan } = shown
  const { width } = options
  const notes = [...(changes ? planNotes(changes, plan.daemonSet) : []), ...admissionNotes(admission)]
  return [
    headline(shown, options),
    ...(plan.nearestMiss ? nearestMissText(plan.nearestMiss, width) : []),
    ...notes.flatMap((line) => wrapped(line, width)),
  ]
}

/** The plan of one DaemonSet on a screen: the answer first, then what holds for all of it, then the nodes in groups. */
export function planSummary(shown: ShownPlan, options: TextOptions): string {
  const groups = planGroups(shown)
  const draw = (group: NodeGroup) => section(group, shown.admission, options)
  const [before, after] = [groups.filter(changesPods), groups.filter((group) => !changesPods(group))]
  const lines = [
    ...topLines(shown, options),
    ...sectionsText(
      [...before.map(draw), ...evictionSections(shown.changes, options), ...after.map(draw)],
      options,
    ),
  ]
  return `${lines.join('\n')}\n`
}
