import type { Agent } from 'node:http'
import type { Diagnostic, Location } from '#base/errors.ts'
import type { FieldPath } from '#base/field-path.ts'
import type { DaemonSet, KubeObject } from '#kube/types.ts'
import type { SourceText } from '#yaml/source-text.ts'

export type { FieldPath }

/** One Kubernetes object that was read from a file, a stream, a URL or kustomize, and knows where it stands. */
export interface LoadedObject<T extends KubeObject = KubeObject> {
  readonly value: T
  /** The name to show: the path as the user gave it, `stdin` for `-`, the URL, `kustomize DIR` for `-k DIR`. */
  readonly source: string
  /** The object's place among all objects of one call, from 0, in the order of reading. */
  readonly index: number
  /** The text that it was read from, the number of its document there from 0, and its own path in that document. */
  readonly origin: { readonly text: SourceText; readonly document: number; readonly path: FieldPath }
  /**
   * Where a field stands; the nearest ancestor that exists, if the path does not. `key` points at the field's name,
   * `value` (the default) at its value. The first call parses the source once more, with positions.
   */
  locate(path: FieldPath, part?: 'key' | 'value'): Location
}

/** A proxy, with an agent that makes connections through it. */
export interface UrlProxy {
  readonly url: URL
  readonly agent: Agent
}

/** How the outside world is reached. All of it is handed in, nothing is taken from the process. */
export interface InputContext {
  readonly cwd: string
  readonly stdin: AsyncIterable<Uint8Array>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
  /** Has work done when the process ends, unless the answer is called before. */
  readonly atExit?: ((work: () => void) => () => void) | undefined
  /** The proxy on the way to a URL; none unless set. */
  readonly proxyTo?: ((url: URL) => Promise<UrlProxy | undefined>) | undefined
  /** The largest single input that is read; 512 MiB unless set. */
  readonly maxBytes?: number | undefined
}

export interface ManifestOptions extends InputContext {
  /** The values of `-f`: files, folders, `-`, http(s) URLs. */
  readonly files: readonly string[]
  /** The value of `-k`. */
  readonly kustomize?: string | undefined
  /** `-R`: folders with all that is below them. */
  readonly recursive?: boolean | undefined
}

/** Objects that are none of ours, counted. */
export interface SkippedKind {
  readonly apiVersion: string
  readonly kind: string
  readonly count: number
}

export interface Manifests {
  /** Every object that was read, Lists flattened, in the order of reading. */
  readonly objects: readonly LoadedObject[]
  /** The DaemonSets of `apps/v1` and of the retired groups `extensions/v1beta1`, `apps/v1beta1`, `apps/v1beta2`. */
  readonly daemonSets: readonly LoadedObject<DaemonSet>[]
  readonly skipped: readonly SkippedKind[]
  /** Warnings, in the order of reading. What kubectl would refuse is thrown as a `KdsError` instead. */
  readonly diagnostics: readonly Diagnostic[]
}
