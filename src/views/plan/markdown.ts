import type { Diagnostic } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import type { ChangePlan } from '#controller/changes/plan-changes.ts'
import { type PlacementPlan, type PlanGroup, results } from '#placement/plan.ts'
import { counted, objectName, sampleNames } from '../names.ts'
import { reasonsOf } from './changes.ts'
import { groupReasons } from './reason-text.ts'

/**
 * Text that stays text inside a markdown table or heading. Forges look for mentions (`@team`) and references (`#1`) in what
 * markdown has become, where a backslash is gone, but not in code.
 */
const inert = (text: string) => text.replace(/[\\|<>*_`[\]~]/g, '\\$&').replace(/[@#]/g, '<code>$&</code>')

const shownNames = 100

function row(group: PlanGroup): string {
  const reasons = groupReasons(group).map(inert).join('<br>')
  const names = inert(
    sampleNames(
      group.nodes.map((node) => node.name),
      shownNames,
    ),
  )
  return `| ${group.result} | ${group.nodes.length} | ${reasons || '&nbsp;'} | ${names} |`
}

function warningLine(warning: Diagnostic): string {
  const place = warning.location ? ` (${warning.location.file}:${warning.location.line})` : ''
  return `- ${inert(escapeLine(warning.message + place))}`
}

/** What happens to the pods that are there, as a table of its own. */
function changeSections({ totals, changes }: ChangePlan): string[] {
  const { add, replace, remove, unchanged, unplaceable } = totals
  const rows = changes
    .filter((change) => change.change !== 'keep' && change.change !== 'none')
    .map(
      (change) =>
        `| ${change.change} | ${inert(escapeLine(change.node))} | ${inert(reasonsOf(change).join('; '))} |`,
    )
  const room = unplaceable > 0 ? `, ${unplaceable} will not fit` : ''
  const head = `**${add} to add, ${replace} to replace, ${remove} to remove, ${unchanged} unchanged${room}**`
  if (rows.length === 0) return [head]
  const table = ['| Change | Node | Why |', '|---|---|---|', ...rows].join('\n')
  return [head, `<details><summary>Changes, node by node</summary>\n\n${table}\n\n</details>`]
}

/** A plan for a pull-request comment: the answer as heading, the groups as table, every node in a folded list. */
export function planMarkdown(
  plan: PlacementPlan,
  warnings: readonly Diagnostic[],
  changes?: ChangePlan,
): string {
  const sections = [
    `### ${plan.count.run} of ${counted(plan.nodes.length, 'node')} would run ${inert(objectName(plan.daemonSet))}`,
    ['| Result | Nodes | Why | Which |', '|---|--:|---|---|', ...plan.groups.map(row)].join('\n'),
  ]
  if (changes) sections.push(...changeSections(changes))
  if (warnings.length > 0) sections.push(['**Warnings**', '', ...warnings.map(warningLine)].join('\n'))
  const all = results.flatMap((result) => {
    const names = plan.nodes
      .filter((node) => node.result === result)
      .map((node) => inert(escapeLine(node.name)))
    return names.length === 0 ? [] : [`**${result}:** ${names.join(', ')}`]
  })
  if (all.length > 0)
    sections.push(['<details><summary>Every node</summary>', ...all, '</details>'].join('\n\n'))
  return `${sections.join('\n\n')}\n`
}
