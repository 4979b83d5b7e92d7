import type { Diagnostic } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import type { ChangePlan } from '#controller/changes/plan-changes.ts'
import { inert } from '../markdown.ts'
import { counted, sampleNames } from '../names.ts'
import type { Group } from '../sections.ts'
import { admissionNotes, refusedPods } from './admission.ts'
import { reasonsOf } from './change-reasons.ts'
import { outcomeWord } from './changes.ts'
import { evictionGroups, evictionsText } from './evictions.ts'
import { type NodeGroup, planGroups, type ShownPlan } from './groups.ts'
import { headlineOf } from './headline.ts'
import { titleWord } from './looks.ts'
import { nearestMissLines } from './nearest-miss.ts'
import { groupReasons } from './reason-text.ts'
import { noteOf, planNotes } from './summary.ts'

const shownNames = 100

const table = (head: string, line: string, rows: readonly string[]) => [head, line, ...rows].join('\n')

const folded = (summary: string, ...inside: readonly string[]) =>
  [`<details><summary>${summary}</summary>`, ...inside, '</details>'].join('\n\n')

const whyAndWhich = ({ reasons, names }: Group) =>
  `${reasons.map(inert).join('<br>') || '&nbsp;'} | ${inert(sampleNames(names, shownNames))}`

/** A row for each reason; the group's own words stand in its first cell. */
function rows(group: NodeGroup, admission: ShownPlan['admission']): string[] {
  const note = noteOf(group, admission)
  const title = `**${titleWord(group.key)}**${note === '' ? '' : `<br>${inert(escapeLine(note))}`}`
  return group.groups.map(
    (one, i) => `| ${i === 0 ? title : '&nbsp;'} | ${one.names.length} | ${whyAndWhich(one)} |`,
  )
}

function warningLine(warning: Diagnostic): string {
  const place = warning.location ? ` (${warning.location.file}:${warning.location.line})` : ''
  return `- ${inert(escapeLine(warning.message + place))}`
}

function headText(shown: ShownPlan): string {
  const { answer, name, parts } = headlineOf(shown)
  const numbers = parts.map((part) => part.text).join(', ')
  if (answer === '') return `${numbers}: ${name}`
  return `${answer} ${name}${numbers === '' ? '' : `, ${numbers}`}`
}

/** Who is evicted, node by node. */
function evictionsFolded(changes: ChangePlan): string[] {
  const groups = evictionGroups(changes.changes)
  if (groups.length === 0) return []
  const lines = groups.map(
    ({ reasons, names }) =>
      `| ${inert([...names].map(escapeLine).join(', '))} | ${inert(reasons.join('; '))} |`,
  )
  const summary = `${evictionsText(changes)} on ${counted(groups.length, 'node')}`
  return [folded(summary, table('| Node | Evicted |', '|---|---|', lines))]
}

const heading = (shown: ShownPlan) => `### ${inert(headText(shown))}`

const quiet = new Set(['unchanged', 'not-targeted', 'as-before', 'neither'])

/** Where it may run at all, whatever pods there are. */
function placement({ plan }: ShownPlan): string {
  const { run } = plan.count
  const groups = plan.groups.map((group) => {
    const { names } = group.nodes
    return `| ${titleWord(group.result)} | ${names.length} | ${whyAndWhich({ reasons: groupReasons(group), names })} |`
  })
  return folded(
    `Where it may run: ${run} of ${counted(plan.nodes.length, 'node')}`,
    table('| Result | Nodes | Why | Which |', '|---|--:|---|---|', groups),
  )
}

/** Every node by its name. */
function everyNode(shown: ShownPlan, groups: readonly NodeGroup[]): string[] {
  const { changes } = shown
  if (groups.length === 0) return []
  if (!changes) {
    const lists = groups.map((group) => {
      const names = group.groups.flatMap((one) => [...one.names]).map((name) => inert(escapeLine(name)))
      return `**${titleWord(group.key)}:** ${names.join(', ')}`
    })
    return [folded('Every node', ...lists)]
  }
  const changed = groups.filter(({ key }) => !quiet.has(key)).flatMap((group) => group.changes)
  if (changed.length === 0) return []
  const lines = changed.map(
    (change) =>
      `| ${outcomeWord(change)} | ${inert(escapeLine(change.node))} | ${inert(reasonsOf([change], changes).join('; '))} |`,
  )
  return [folded('Changes, node by node', table('| Change | Node | Why |', '|---|---|---|', lines))]
}

/** A plan for a pull-request comment: the answer as heading, what fails and changes as table, the rest and every node folded. */
export function planMarkdown(shown: ShownPlan, warnings: readonly Diagnostic[]): string {
  const { plan, changes, compared } = shown
  const groups = planGroups(shown)
  const refused = refusedPods(shown.admission, plan.daemonSet.namespace)
  const sections = refused
    ? [
        `### ${inert(refused.answer)}`,
        [refused.message, refused.hint, headText(shown)].map(inert).join('<br>'),
      ]
    : [heading(shown)]
  if (plan.nearestMiss) sections.push(nearestMissLines(plan.nearestMiss).map(inert).join('<br>'))
  if (changes)
    sections.push(...[...planNotes(changes, plan.daemonSet), ...admissionNotes(shown.admission)].map(inert))
  const named = changes ? 'Change' : 'Result'
  const loud = changes || compared ? groups.filter(({ key }) => !quiet.has(key)) : groups
  const lines = loud.flatMap((group) => rows(group, shown.admission))
  if (lines.length > 0) sections.push(table(`| ${named} | Nodes | Why | Which |`, '|---|--:|---|---|', lines))
  if (changes) sections.push(...evictionsFolded(changes))
  if (warnings.length > 0) sections.push(['**Warnings**', '', ...warnings.map(warningLine)].join('\n'))
  if (changes || compared) sections.push(placement(shown))
  sections.push(...everyNode(shown, groups))
  return `${sections.join('\n\n')}\n`
}
