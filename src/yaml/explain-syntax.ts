import { KdsError, type Location } from '#base/errors.ts'
import type { SourceText } from './source-text.ts'

/** Go template syntax, as in the files of a Helm chart before they are rendered. */
const template =
  /\{\{-?\s*(?:[.$]|(?:if|else|range|with|end|define|include|template|block|toYaml|default|quote|printf|tpl|required|and|or|not|eq|ne|lookup)\b|\/\*)/

const meanings: readonly (readonly [RegExp, string])[] = [
  [/bad indentation of a mapping entry/, 'this line does not fit the indentation of the lines above it'],
  [
    /bad indentation of a sequence entry/,
    'this list item does not fit the indentation of the items above it',
  ],
  [
    /end of the stream or a document separator/,
    'this line belongs to nothing above it: its indentation is wrong',
  ],
  [/multiline key may not be/, 'this line is neither `key: value` nor a list item: a `:` is missing'],
  [/directives end mark/, 'kubectl does not read YAML directives (`%...`): remove the line'],
  [/end of the stream within a (single|double) quoted/, 'a quoted string is not closed before the end'],
  [/end of the document within a (single|double) quoted/, 'a quoted string is not closed before `---`'],
  [/end of the stream within a flow/, 'a `[` or `{` is not closed before the end'],
  [/missed comma between flow/, 'a `,` is missing between the entries of this `[...]` or `{...}`'],
  [/unknown escape sequence/, 'unknown escape in a double-quoted string; write `\\\\` for a backslash'],
  [/a line break is expected/, 'nothing may follow `|` or `>` on its line'],
]

/** One error for a text that is no YAML: what is wrong at `offset`, and what to do about it. */
export function explainSyntax(
  source: SourceText,
  start: number,
  end: number,
  offset: number,
  reason: string,
  cause?: unknown,
): KdsError {
  const first = source.at(start).line
  const failing = source.at(offset).line
  const after = source.offsetOfLine(failing + 1)
  return (
    explainTemplate(source, Math.max(start, source.offsetOfLine(failing - 2)), Math.min(end, after)) ??
    explainStripped(source, start, end, offset) ??
    explainTab(source, first, offset) ??
    new KdsError('yaml-syntax', explainLine(source, offset) ?? sentence(reason), {
      location: /multiline key may not be/.test(reason)
        ? lineBefore(source, offset, first)
        : source.at(offset),
      hint: 'fix the line; `kubectl apply` refuses this file, too',
      cause,
    })
  )
}

/** What the line itself shows to be wrong, however the parser puts it. */
function explainLine(source: SourceText, offset: number): string | undefined {
  const { text = '', column } = source.wholeLine(offset)
  const value = /^\s*(?:- +)*(?:[^\s"'#][^:#]*:\s+)?(.*)$/.exec(text)?.[1] ?? ''
  const rest = text.slice(column - 1)
  if (/^\s+---/.test(text)) return '`---` must be at the left edge'
  if (/^[@`%]/.test(value) && !/^[@`%]\S*:/.test(text))
    return `a value must not start with \`${value[0]}\`: quote it`
  if (/^- /.test(value) && /:\s+- /.test(text)) return 'a list item must not be on the line of its key'
  if (/^("(?:[^"\\]|\\.)*"|'[^']*')\s*[^\s#,}\]:]/.test(value))
    return 'text follows a closing quote: quote all of it'
  if (/^[^"'[{|>&*!].*:\s/.test(value) && /^\s*:|:\s/.test(rest)) {
    return '`: ` appears twice in this line: quote the value, or begin a new line'
  }
  return undefined
}

function sentence(reason: string): string {
  const meaning = meanings.find(([pattern]) => pattern.test(reason))
  return meaning ? meaning[1] : `not valid YAML: ${reason}`
}

/** The error for a template that was not rendered, if there is one in the stretch of text. */
export function explainTemplate(source: SourceText, start: number, end: number): KdsError | undefined {
  const { text } = source
  for (let at = text.indexOf('{{', start); at >= 0 && at < end; ) {
    let next = at + 2
    if (template.test(text.slice(at, at + 80))) {
      const location = source.at(at)
      const before = text.slice(at - location.column + 1, at)
      if (!/(^|\s)#/.test(before)) {
        return new KdsError('helm-template', 'this is a Helm template, not a manifest', {
          location,
          hint: 'render it first: helm template CHART | kds plan -f -',
        })
      }
      next = source.offsetOfLine(location.line + 1)
    }
    at = text.indexOf('{{', next)
  }
  return undefined
}

function explainTab(source: SourceText, first: number, offset: number): KdsError | undefined {
  const failing = source.wholeLine(offset)
  for (let number = failing.line; number >= Math.max(first, failing.line - 1); number--) {
    const line = source.wholeLine(source.offsetOfLine(number))
    const column = /^ *\t/.exec(line.text ?? '')?.[0].length
    if (column === undefined || line.text?.trim() === '') continue
    return new KdsError('tab-indentation', 'a tab is in the indentation; YAML allows spaces only', {
      location: { ...line, column },
      hint: 'replace the tabs by spaces: expand -t 2 FILE',
    })
  }
  return undefined
}

/** Web pages that lose lines or indentation leave children below a line that has a value already. */
function explainStripped(
  source: SourceText,
  start: number,
  end: number,
  offset: number,
): KdsError | undefined {
  const chunk = source.text.slice(start, Math.min(end, start + 65_536))
  if (!/^kind:/m.test(chunk)) return undefined
  const line = source.wholeLine(offset)
  const above = lineBefore(source, offset, source.at(start).line)
  const before = above.line < line.line ? above.text : undefined
  const parent = /^(\s*(?:- +)?)[^\s#:]+:\s+[^\s#|>&]/.exec(before ?? '')
  const indent = /^\s*/.exec(line.text ?? '')?.[0].length ?? 0
  if (
    !before ||
    !parent ||
    /^\s*---/.test(line.text ?? '') ||
    indent <= (/^\s*/.exec(before)?.[0].length ?? 0)
  )
    return undefined
  const lost = !/^metadata:/m.test(chunk) || !/^spec:/m.test(chunk)
  const name = (line.text ?? '').trim().split(':')[0]
  return new KdsError(
    lost ? 'indentation-stripped' : 'yaml-syntax',
    `\`${name}\` is indented below \`${before.trim()}\`, which has a value already: a line between them is missing`,
    {
      location: { ...line, column: indent + 1 },
      hint: lost
        ? 'lines were lost, as when copied from a web page: take the original file, or put back `metadata:`, `spec:` and the rest'
        : 'put back the missing line, or indent this one as the line above it',
    },
  )
}

/** The parser sees that a line lacks its `:` only when the next one comes. */
function lineBefore(source: SourceText, offset: number, first: number): Location {
  for (let number = source.at(offset).line - 1; number >= first; number--) {
    const line = source.wholeLine(source.offsetOfLine(number))
    const text = line.text ?? ''
    if (!/^\s*(#.*)?$/.test(text)) return { ...line, column: text.length - text.trimStart().length + 1 }
  }
  return source.at(offset)
}
