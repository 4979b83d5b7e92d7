import { KdsError } from '#base/errors.ts'
import type { Images } from '#rollout/set-image.ts'

/** The arguments of `set image`: what is meant, and its images. */
export interface ImageArguments {
  readonly targets: readonly string[]
  readonly images: Images
}

/** Takes them apart. @throws KdsError in the words of `kubectl set image` */
export function imageArguments(args: readonly string[]): ImageArguments {
  const isPair = (word: string) => word.includes('=') || word.endsWith('-')
  const first = args.findIndex(isPair)
  const [targets, pairs] = first < 0 ? [args, []] : [args.slice(0, first), args.slice(first)]
  const stray = pairs.find((word) => !isPair(word))
  if (stray !== undefined)
    throw new KdsError('usage', `all resources must be specified before image changes: ${stray}`)
  const bad = pairs.filter((pair) => pair.indexOf('=') <= 0)
  if (bad.length > 0) throw new KdsError('usage', `invalid image format: ${bad.join(', ')}`)
  const images = new Map(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
  return { targets, images }
}

/** @throws KdsError in kubectl's words where no image is named, or one too many */
export function requireImages(images: Images): void {
  if (images.size === 0) throw new KdsError('usage', 'at least one image update is required')
  if (images.size > 1 && images.has('*'))
    throw new KdsError(
      'usage',
      'all containers are already specified by *, but saw more than one container_name=container_image pairs',
    )
}

/** What is told of a DaemonSet that has no container of this name; kubectl says "error:" before each, however many there are. */
export const noContainer = (name: string): KdsError =>
  new KdsError('not-found', `error: unable to find container named ${JSON.stringify(name)}`, {
    verbatim: true,
  })
