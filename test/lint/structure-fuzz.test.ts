import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Json, JsonObject } from '#base/json.ts'
import type { DaemonSet, KubeObject, Node } from '#kube/types.ts'
import { lint } from '#lint/lint.ts'
import { parseDocuments } from '#yaml/parse-documents.ts'
import { SourceText } from '#yaml/source-text.ts'
import { changed } from '../helpers/any-structure.ts'
import { longest, runs } from '../helpers/random-cases.ts'
import { clean, documented, everything, over } from './documented.ts'

/** The documented situations, all documents of each. */
const situations = async () =>
  Promise.all(
    documented.map(async ({ bad }) => {
      const { documents } = await parseDocuments(new SourceText('x', bad))
      const [first, ...rest] = documents.map(({ value }) => value)
      return [over(clean as unknown as Json, first ?? {}), ...rest] as Json[]
    }),
  )

it(
  'a DaemonSet of any structure, beside objects that are as they should be, is judged without a crash',
  async () => {
    const all = await situations()
    const documents = fc
      .constantFrom(...all)
      .chain(([first = {}, ...rest]) =>
        changed(first as JsonObject, { below: 1, also: ['50%'] }).map((one) => ({ one, rest })),
      )
    fc.assert(
      fc.property(documents, ({ one, rest }) => {
        const broken = JSON.parse(JSON.stringify(one)) as JsonObject
        const daemonSet = broken as unknown as DaemonSet
        const others = rest as unknown as KubeObject[]
        const nodes = others.filter(({ kind }) => kind === 'Node') as Node[]
        const siblings = others.filter(({ kind }) => kind === 'DaemonSet') as DaemonSet[]
        const cluster = nodes.length > 0 ? { nodes, daemonSets: siblings } : undefined
        const found = lint(
          daemonSet,
          { daemonSets: [daemonSet, ...siblings], beside: others, cluster },
          everything,
        )
        for (const { message } of found) expect(message).not.toMatch(/undefined|\[object|NaN/)
      }),
      runs(1500),
    )
  },
  longest,
)
