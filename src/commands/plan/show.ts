import { escapeLine } from '#base/escape.ts'
import type { Context } from '#cli/context.ts'
import { defined, writeList } from '#cli/structured.ts'
import { type PlannedManifest, shownOf } from '#planning/plan.ts'
import { changesTable } from '#views/plan/changes.ts'
import { planDocument, planListHead } from '#views/plan/document.ts'
import type { ShownPlan } from '#views/plan/groups.ts'
import { headline } from '#views/plan/headline.ts'
import { planMap } from '#views/plan/map.ts'
import { planMarkdown } from '#views/plan/markdown.ts'
import { overheadTable } from '#views/plan/overhead.ts'
import { planSummary } from '#views/plan/summary.ts'
import { nodeTrace } from '#views/plan/trace.ts'
import { wideTable } from '#views/plan/wide.ts'
import type { TextOptions } from '#views/sections.ts'

/** `html` is a page: see page.ts. */
export type PlanOutput = ShownOutput | 'html'
type ShownOutput = 'summary' | 'wide' | 'json' | 'yaml' | 'name' | 'markdown'

function names(planned: readonly PlannedManifest[]): string {
  const running = planned.flatMap(({ plan }) => plan.groups.filter(({ result }) => result === 'run'))
  const lines = running.flatMap(({ nodes }) =>
    Array.from(nodes.names, (name) => `node/${escapeLine(name)}\n`),
  )
  return [...new Set(lines)].join('')
}

/** What is added up over several DaemonSets, as a last block. */
function together(planned: readonly PlannedManifest[], options: TextOptions): string[] {
  if (planned.length < 2) return []
  return [
    overheadTable(
      planned.map(({ plan }) => plan),
      options,
    ),
  ]
}

function wideBlock(shown: ShownPlan, options: TextOptions, width: number | undefined): string {
  const { plan, changes } = shown
  return `${headline(shown, options)}\n\n${changes ? changesTable(changes, width) : wideTable(plan, width)}`
}

function traces(planned: readonly PlannedManifest[], options: TextOptions): string {
  return planned
    .flatMap(({ plan, changes }) =>
      Array.from(plan.nodes, (node) => nodeTrace(plan, node, options, changes?.present)),
    )
    .join('\n')
}

const textOptions = ({ stdout, style }: Context): TextOptions => ({
  style: style.stdout,
  width: stdout.columns,
  symbols: stdout.isTerminal,
})

/** Draws plans as maps to stdout, the nodes grouped by these labels. */
export function showMaps(planned: readonly PlannedManifest[], by: readonly string[], context: Context): void {
  const maps = planned.map((one) => planMap(shownOf(one), by, textOptions(context)))
  context.stdout.write(maps.join('\n'))
}

/** Each made when it is written: with thousands of nodes it is long. */
function* documents(
  planned: readonly PlannedManifest[],
  traced: boolean,
  output: 'json' | 'yaml',
): Generator<object> {
  for (const { plan, warnings, changes } of planned) {
    const document = planDocument(plan, warnings, {
      passes: traced,
      changes: changes?.present,
      compared: changes?.compared,
      admission: changes?.admission,
    })
    yield output === 'yaml' ? defined(document) : document
  }
}

/** Writes plans to stdout in the form that was asked for. */
export async function showPlans(
  planned: readonly PlannedManifest[],
  output: ShownOutput,
  traced: boolean,
  context: Context,
): Promise<void> {
  const { stdout } = context
  const options = textOptions(context)
  switch (output) {
    case 'json':
    case 'yaml':
      return writeList(stdout, planListHead, documents(planned, traced, output), output)
    case 'name':
      return stdout.write(names(planned))
    case 'markdown': {
      return stdout.write(planned.map((one) => planMarkdown(shownOf(one), one.warnings)).join('\n'))
    }
    case 'wide': {
      const width = stdout.isTerminal ? stdout.columns : undefined
      const blocks = planned.map((one) => wideBlock(shownOf(one), options, width))
      return stdout.write([...blocks, ...together(planned, options)].join('\n'))
    }
    case 'summary': {
      if (traced) return stdout.write(traces(planned, options))
      const blocks = planned.map((one) => planSummary(shownOf(one), options))
      return stdout.write([...blocks, ...together(planned, options)].join('\n'))
    }
  }
}
