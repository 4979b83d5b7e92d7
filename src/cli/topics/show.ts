import type { Style } from '#base/style.ts'
import { definitionList, paragraphs } from '../help-layout.ts'
import type { CommandSpec } from '../spec.ts'
import type { TopicSpec } from './spec.ts'

/** A topic as text for the terminal. */
export function topicHelp(
  topic: TopicSpec,
  commands: readonly CommandSpec[],
  program: string,
  width: number,
  style: Style,
): string {
  const columns = Math.min(width, 100)
  const parts = topic
    .parts(commands)
    .map((part) =>
      typeof part === 'string' ? paragraphs(part, columns) : definitionList(part.terms, columns),
    )
  return `${[style.bold(`${topic.summary}.`), ...parts].join('\n\n').replace(/\bkds (?=[a-z])/g, `${program} `)}\n`
}
