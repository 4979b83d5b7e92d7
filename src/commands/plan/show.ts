import type { Diagnostic } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import type { Context } from '#cli/context.ts'
import { structured } from '#cli/structured.ts'
import type { PlacementPlan } from '#placement/plan.ts'
import { planDocument, planListDocument } from '#views/plan/document.ts'
import { headline, planSummary } from '#views/plan/summary.ts'
import type { TextOptions } from '#views/sections.ts'
import type { ChangeAnswer } from './changes.ts'

export type PlanOutput = 'summary' | 'wide' | 'json' | 'yaml' | 'name' | 'markdown'

export interface PlannedManifest {
  readonly plan: PlacementPlan
  readonly warnings: readonly Diagnostic[]
  readonly changes?: ChangeAnswer
}

function names(planned: readonly PlannedManifest[]): string {
  const running = planned.flatMap(({ plan }) => plan.nodes.filter((node) => node.result === 'run'))
  return [...new Set(running.map((node) => `node/${escapeLine(node.name)}\n`))].join('')
}

/** What is added up over several DaemonSets, as a last block. */
async function together(planned: readonly PlannedManifest[], options: TextOptions): Promise<string[]> {
  if (planned.length < 2) return []
  const { overheadTable } = await import('#views/plan/overhead.ts')
  return [
    overheadTable(
      planned.map(({ plan }) => plan),
      options,
    ),
  ]
}

async function summaryBlock({ plan, changes }: PlannedManifest, options: TextOptions): Promise<string> {
  if (!changes) return planSummary(plan, options)
  const { changesSummary } = await import('#views/plan/changes.ts')
  const { comparisonSummary } = await import('#views/plan/comparison.ts')
  if (changes.compared) return comparisonSummary(plan, changes.compared, options)
  return changes.present ? changesSummary(plan, changes.present, options) : ''
}

async function wideBlock(
  { plan, changes }: PlannedManifest,
  options: TextOptions,
  width: number | undefined,
): Promise<string> {
  if (changes?.present) {
    const { changesHeadline, changesTable } = await import('#views/plan/changes.ts')
    return `${changesHeadline(plan, changes.present, options)}\n\n${changesTable(changes.present, width)}`
  }
  const { wideTable } = await import('#views/plan/wide.ts')
  return `${headline(plan, options)}\n\n${wideTable(plan, width)}`
}

async function traces(planned: readonly PlannedManifest[], options: TextOptions): Promise<string> {
  const { nodeTrace } = await import('#views/plan/trace.ts')
  return planned
    .flatMap(({ plan, changes }) =>
      plan.nodes.map((node, i) => nodeTrace(plan, node, options, changes?.present?.changes[i])),
    )
    .join('\n')
}

/** Writes plans to stdout in the form that was asked for. */
export async function showPlans(
  planned: readonly PlannedManifest[],
  output: PlanOutput,
  traced: boolean,
  context: Context,
): Promise<void> {
  const { stdout, style } = context
  const options: TextOptions = { style: style.stdout, width: stdout.columns, symbols: stdout.isTerminal }
  const inTurn = async (block: (one: PlannedManifest) => Promise<string>) => {
    const blocks: string[] = []
    for (const one of planned) blocks.push(await block(one))
    return blocks
  }
  switch (output) {
    case 'json':
    case 'yaml': {
      const items = planned.map(({ plan, warnings, changes }) =>
        planDocument(plan, warnings, {
          passes: traced,
          changes: changes?.present,
          compared: changes?.compared,
        }),
      )
      return stdout.write(await structured(planListDocument(items), output))
    }
    case 'name':
      return stdout.write(names(planned))
    case 'markdown': {
      const { planMarkdown } = await import('#views/plan/markdown.ts')
      return stdout.write(
        (await inTurn(async (one) => planMarkdown(one.plan, one.warnings, one.changes?.present))).join('\n'),
      )
    }
    case 'wide': {
      const width = stdout.isTerminal ? stdout.columns : undefined
      const blocks = await inTurn((one) => wideBlock(one, options, width))
      return stdout.write([...blocks, ...(await together(planned, options))].join('\n'))
    }
    case 'summary': {
      if (traced) return stdout.write(await traces(planned, options))
      const blocks = await inTurn((one) => summaryBlock(one, options))
      return stdout.write([...blocks, ...(await together(planned, options))].join('\n'))
    }
  }
}
