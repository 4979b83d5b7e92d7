import { notAcceptable } from '../api/status-errors.ts'
import { protobufType } from './protobuf.ts'

/** In which shape a client wants its answer. */
export type Shape = 'plain' | 'Table' | 'PartialObjectMetadata' | 'APIGroupDiscoveryList'

interface MediaRange {
  readonly type: string
  readonly parameters: Readonly<Record<string, string>>
}

/** A header such as `application/json;as=Table;v=v1;g=meta.k8s.io,application/json` taken apart. */
export function mediaRanges(header: string): MediaRange[] {
  return header
    .split(',')
    .map((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
      const pairs = parameters.map((parameter) => parameter.split('=', 2) as [string, string])
      return { type: type.toLowerCase(), parameters: Object.fromEntries(pairs) }
    })
    .filter(({ type }) => type !== '')
}

export const yamlType = 'application/yaml'
const json = new Set(['application/json', 'application/*', '*/*'])
const isSpoken = ({ type }: MediaRange) => json.has(type) || type === yamlType

/** Of the two languages that are spoken the client names YAML first. */
export const prefersYaml = (accept: string | undefined): boolean =>
  mediaRanges(accept ?? '').find(isSpoken)?.type === yamlType

function shapeOf(range: MediaRange): Shape | undefined {
  if (!isSpoken(range)) return undefined
  const { parameters } = range
  const { as, g, v } = parameters
  if (as === undefined) return 'plain'
  if (as === 'Table' && g === 'meta.k8s.io' && v === 'v1') return 'Table'
  if (as.startsWith('PartialObjectMetadata') && g === 'meta.k8s.io' && v === 'v1')
    return 'PartialObjectMetadata'
  if (as === 'APIGroupDiscoveryList' && v === 'v2') return as
  return undefined
}

/** The first shape of a client's list that is served. Throws 406 if none is: the sandbox speaks JSON and YAML. */
export function negotiate(accept: string | undefined, served: readonly Shape[]): Shape {
  const ranges = mediaRanges(accept ?? '')
  if (ranges.length === 0) return 'plain'
  for (const range of ranges) {
    const shape = shapeOf(range)
    if (shape && served.includes(shape)) return shape
  }
  throw notAcceptable(['application/json', yamlType])
}

/** The shape in which a client wants a list in protobuf before all; undefined where it would have something else. */
export function negotiateProtobuf(accept: string | undefined): Shape | undefined {
  const [first] = mediaRanges(accept ?? '')
  if (first?.type !== protobufType) return undefined
  const shape = shapeOf({ ...first, type: 'application/json' })
  return shape === 'plain' || shape === 'PartialObjectMetadata' ? shape : undefined
}
