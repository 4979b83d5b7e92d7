import { escapeLine } from '#base/escape.ts'
import type { Completion } from './candidate.ts'

/** Cobra's directives, which kubectl and the shell scripts understand. */
const directives = { error: 1, noSpace: 2, noFiles: 4, folders: 16, keepOrder: 32 }

/** No shell shows more of a description than fits beside the name. */
const longestDescription = 100

/** A completion in the words of Cobra's protocol: a candidate a line, its description after a tab, the directive last. */
export function protocolText({ candidates, fallback, open }: Completion): string {
  const directive =
    (open ? directives.noSpace : 0) +
    (fallback === 'nothing' ? directives.noFiles : 0) +
    (fallback === 'folders' ? directives.folders : 0) +
    (candidates.length > 1 ? directives.keepOrder : 0)
  const lines = candidates.map(({ value, description = '' }) => {
    const text = shortened(escapeLine(description))
    return text === '' ? escapeLine(value) : `${escapeLine(value)}\t${text}`
  })
  return `${[...lines, `:${directive}`].join('\n')}\n`
}

/** What tells the shell to leave the line alone. */
export const failedText = `:${directives.error}\n`

const shortened = (text: string) =>
  text.length <= longestDescription ? text : `${text.slice(0, longestDescription - 1)}…`
