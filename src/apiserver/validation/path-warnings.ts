/** What the server warns of in the files of a volume. Mirrors warningsForOverlappingVirtualPaths of pkg/api/pod. */
import { goQuote } from '#kube/go-text.ts'
import type { Place } from './place.ts'

/** A file of a volume, and what it comes of where several sources share a volume. */
interface File {
  readonly path: string
  readonly source?: string
}

const shown = ({ path, source }: File) => `${goQuote(path)}${source === undefined ? '' : ` (${source})`}`

/** One is the other, or a folder above it. */
const overlap = (one: string, other: string) =>
  one !== '' && other !== '' && (`${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`))

const filesOf = (holder: Place, source?: string): File[] =>
  holder.items('items').map((item) => {
    const path = item.child('path').text.replace(/\/+$/, '')
    return source === undefined ? { path } : { path, source }
  })

function filesOfSource(source: Place): File[] {
  const named = (kind: string, shownKind: string) =>
    filesOf(source.child(kind), `${shownKind} ${goQuote(source.child(kind).child('name').text)}`)
  if (source.child('configMap').items('items').length > 0) return named('configMap', 'ConfigMap')
  if (source.child('secret').items('items').length > 0) return named('secret', 'Secret')
  const api = filesOf(source.child('downwardAPI'), 'DownwardAPI')
  const token = source.child('serviceAccountToken')
  if (api.length > 0 || !token.given) return api
  return [{ path: token.child('path').text.replace(/\/+$/, ''), source: 'ServiceAccountToken' }]
}

/** Files of one volume that take each other's place, and projected sources that are none. */
export function warnOfPaths(volume: Place): void {
  const name = goQuote(volume.child('name').text)
  const warnOf = (kind: string, files: readonly File[]) => {
    for (const [index, file] of files.entries())
      for (const other of files.slice(0, index))
        if (overlap(file.path, other.path))
          volume.warnPlainly(
            `volume ${name} (${kind}): overlapping paths: ${shown(file)} with ${shown(other)}`,
          )
  }
  const [configMap, secret] = [volume.child('configMap'), volume.child('secret')]
  warnOf(`ConfigMap ${goQuote(configMap.child('name').text)}`, filesOf(configMap))
  warnOf(`Secret ${goQuote(secret.child('secretName').text)}`, filesOf(secret))
  warnOf('DownwardAPI', filesOf(volume.child('downwardAPI')))
  const files: File[] = []
  for (const source of volume.child('projected').items('sources')) {
    if (Object.keys(source.object).length === 0)
      volume.warnPlainly(`volume ${name} (Projected) has no sources provided`)
    files.push(...filesOfSource(source))
  }
  warnOf('Projected', files)
}
