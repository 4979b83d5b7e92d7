/**
 * Collects what kubectl's describers print: text behind two spaces per level, with raw tabs between name and value.
 * Escape and carriage return are defused as kubectl does, on a pipe too.
 */
export class DescribeWriter {
  readonly #parts: string[]
  readonly #indent: number

  constructor(parts: string[] = [], indent = 0) {
    this.#parts = parts
    this.#indent = indent
  }

  /** A writer into the same text that stands `levels` further in. */
  nested(levels: number): DescribeWriter {
    return new DescribeWriter(this.#parts, this.#indent + levels)
  }

  write(level: number, text: string): void {
    this.#parts.push('  '.repeat(level + this.#indent) + text)
  }

  toString(): string {
    return this.#parts.join('').replaceAll('\u001b', '^[').replaceAll('\r', '\\r')
  }
}

const longestValue = 140

/** Labels or a node selector, one `key=value` a line. */
export function writeLabels(to: DescribeWriter, title: string, labels: readonly [string, string][]): void {
  writeLines(
    to,
    title,
    labels.map(([key, value]) => `${key}=${value}`),
  )
}

/** A title and its lines, the further ones behind a tab; `<none>` if there is none. */
export function writeLines(to: DescribeWriter, title: string, lines: readonly string[]): void {
  to.write(0, `${title}:\t`)
  if (lines.length === 0) to.write(0, '<none>\n')
  for (const [at, line] of lines.entries()) {
    if (at > 0) {
      to.write(0, '')
      to.write(0, '\t')
    }
    to.write(0, `${line}\n`)
  }
}

/** Annotations, long or many-lined values on lines of their own, without the one that `kubectl apply` keeps. */
export function writeAnnotations(
  to: DescribeWriter,
  title: string,
  annotations: readonly [string, string][],
): void {
  const shown = annotations.filter(([key]) => key !== 'kubectl.kubernetes.io/last-applied-configuration')
  to.write(0, `${title}:\t`)
  if (shown.length === 0) to.write(0, '<none>\n')
  for (const [at, [key, raw]] of shown.entries()) {
    if (at > 0) to.write(0, '\t')
    const value = raw.replace(/\n$/, '')
    if (byteLength(value) + byteLength(key) + 2 <= longestValue && !value.includes('\n')) {
      to.write(0, `${key}: ${value}\n`)
      continue
    }
    to.write(0, `${key}:\n`)
    for (const line of value.split('\n')) to.write(0, `\t  ${shorten(line, longestValue - 2)}\n`)
  }
}

/** The first bytes of a text, with dots where it goes on. */
export function shorten(text: string, bytes: number = longestValue): string {
  const encoded = new TextEncoder().encode(text)
  return encoded.length > bytes ? `${new TextDecoder().decode(encoded.slice(0, bytes))}...` : text
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length
}
