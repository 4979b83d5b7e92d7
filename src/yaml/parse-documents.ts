import { type Diagnostic, KdsError } from '#base/errors.ts'
import { type Json, readJson } from '#base/json.ts'
import { explainTemplate } from './explain-syntax.ts'
import { duplicateKeys, JsonLayout, type JsonProblem, scanJson, skipSpace } from './json-text.ts'
import { findOffset } from './layout.ts'
import { duplicateKey, invalidUtf8, type Parsed, type ParsedDocument, parseYaml } from './parse-yaml.ts'
import type { SourceText } from './source-text.ts'

/** Up to this many characters of JSON are looked through for keys that are set twice. */
const checkKeysBelow = 1_000_000

/** kubectl takes a text for JSON by its first character, within this many bytes. */
export const sniffed = 4096

/** Where a text that is JSON by its beginning starts. */
export function jsonStart(beginning: string): number | undefined {
  const start = /^\s*/.exec(beginning)?.[0].length ?? 0
  return beginning[start] === '{' ? start : undefined
}

/**
 * All documents of a text, as kubectl reads them: JSON, one after the other, if it starts with `{`, else YAML; and YAML
 * also where at most one JSON object is followed by something else. Mirrors `YAMLOrJSONDecoder` of k8s.io/apimachinery.
 *
 * Throws a `KdsError` with the place for what kubectl refuses.
 */
export async function parseDocuments(source: SourceText): Promise<Parsed> {
  const start = jsonStart(source.text.slice(0, sniffed))
  if (start === undefined) return parseYaml(source)
  const whole = readJson(source.text)
  if (whole !== undefined) return describeJson(source, [{ start, value: whole }])
  return parseJsonStream(source)
}

async function parseJsonStream(source: SourceText): Promise<Parsed> {
  const { text } = source
  const found: { start: number; value: Json }[] = []
  let at = skipSpace(text, 0)
  while (at < text.length) {
    const end = scanJson(text, at)
    if (typeof end === 'object') return parseRest(source, found, at, end)
    found.push({ start: at, value: JSON.parse(text.slice(at, end)) as Json })
    at = skipSpace(text, end)
  }
  return describeJson(source, found)
}

/** After at most one JSON object the rest may be YAML; if it is not, the JSON error is the one to tell. */
async function parseRest(
  source: SourceText,
  found: readonly { start: number; value: Json }[],
  at: number,
  problem: JsonProblem,
): Promise<Parsed> {
  const head = describeJson(source, found)
  if (found.length > 1) throw jsonError(source, problem)
  try {
    const rest = await parseYaml(source, at)
    return {
      documents: [...head.documents, ...rest.documents],
      diagnostics: [...head.diagnostics, ...rest.diagnostics],
    }
  } catch (error) {
    if (!(error instanceof KdsError)) throw error
    throw explainTemplate(source, at, at + 1) ?? jsonError(source, problem)
  }
}

function jsonError(source: SourceText, { offset, message }: JsonProblem): KdsError {
  const cutOff = offset >= source.text.length
  return new KdsError(
    cutOff ? 'truncated-json' : 'json-syntax',
    cutOff ? message : `not valid JSON: ${message}`,
    {
      location: source.at(cutOff ? source.text.trimEnd().length : offset),
      hint: cutOff ? 'the file is incomplete: write it again' : 'fix the line, or write YAML',
    },
  )
}

function describeJson(source: SourceText, found: readonly { start: number; value: Json }[]): Parsed {
  const [invalid] = source.invalid
  if (invalid !== undefined) throw invalidUtf8(source, invalid)
  const diagnostics: Diagnostic[] = []
  const documents = found.map(({ start, value }) => {
    if (source.text.length < checkKeysBelow) {
      for (const { name, offset } of duplicateKeys(source.text, start)) {
        diagnostics.push(duplicateKey(name, source.at(offset)))
      }
    }
    return jsonDocument(source, start, value)
  })
  return { documents, diagnostics }
}

/** A JSON document that starts at an offset of a text. */
export function jsonDocument(source: SourceText, start: number, value: Json): ParsedDocument {
  let layout: JsonLayout | undefined
  return {
    value,
    locate(path, part = 'value') {
      layout ??= new JsonLayout(source.text, start)
      return source.at(findOffset(layout, path, part))
    },
  }
}
