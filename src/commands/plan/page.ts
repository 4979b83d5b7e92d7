import { escapeLine } from '#base/escape.ts'
import { plain } from '#base/style.ts'
import type { Context } from '#cli/context.ts'
import { formatTime } from '#kube/duration.ts'
import { writtenData } from '#planning/page-data.ts'
import { shownOf } from '#planning/plan.ts'
import { counted } from '#views/names.ts'
import { planSummary } from '#views/plan/summary.ts'
import { leanData, type PageInput } from './lean-data.ts'

const width = 100

/** Writes the page to stdout. */
export async function writePage(page: PageInput, { stdout, version }: Context): Promise<void> {
  const [parts, live, snapshot] = await Promise.all([
    import('../bundles/page.ts'),
    import('../bundles/live.ts'),
    import('../bundles/snapshot.ts'),
  ])
  const { gzipSync, loader, pageHtml, program, style } = parts
  const options = { style: plain, width, symbols: false }
  const plans = page.planned.map((one) => planSummary(shownOf(one), options))
  const [first = ''] = plans
  const title =
    page.planned.length === 1 ? (first.split('\n')[0] ?? '') : `Plan of ${page.planned.length} DaemonSets`
  const data = gzipSync(writtenData(leanData(page, version, { ...live, ...snapshot })), {
    level: 9,
  }).toString('base64')
  const words = { title, plain: plans.join('\n'), made: madeBy(page, version) }
  stdout.write(pageHtml(words, { style, loader, program, data }))
}

function madeBy({ input, nodes }: PageInput, version: string): string {
  const files = [...input.snapshotSources, ...input.nodeSources].map(escapeLine).join(', ')
  const source = input.offline ? files : 'the cluster'
  return `Planned by kds ${version} for ${formatTime(input.now, 0)}, on ${counted(nodes.length, 'node')} of ${source}. The page holds all that it needs, without values of environment variables.`
}
