import type { TopicSpec } from '#cli/topics/spec.ts'

export const outputTopic: TopicSpec = {
  name: 'output',
  summary: 'Output formats, colour, and what goes to which stream',
  parts: (commands) => [
    'Standard output is the answer. Warnings, progress and errors go to standard error, so a pipe sees the answer only. A pipe gets no colour and no cursor movement; --color=always and --color=never decide for themselves.',
    'Without -o the answer is text for people: its wording may change between versions. The documents of -o json and -o yaml carry apiVersion: kds/v1, and only gain fields within that version: readers must ignore what they do not know. docs/plan.schema.json describes the plan as JSON Schema, docs/lint.schema.json the report of lint, docs/revisions.schema.json the list of revisions, docs/diff.schema.json what diff finds, docs/what-if.schema.json, docs/overhead.schema.json and docs/why.schema.json what becomes of nodes, what is asked of them, and why a pod is there, docs/state.schema.json what get tells, docs/pods.schema.json and docs/description.schema.json what pods and describe do.',
    {
      terms: [
        ['-o json, -o yaml', 'One valid document with everything the text says, and more'],
        ['-o wide', 'Text with every column and every reason'],
        ['-o name', 'One TYPE/NAME a line, for xargs and for kubectl'],
        ['-o markdown', 'A comment for a pull request; folds long lists'],
        ['-o html', 'A page that needs no network; an edit in it is planned at once'],
      ],
    },
    'Which command knows which:',
    {
      terms: commands.flatMap((command) => {
        const formats = command.flags.find((flag) => flag.name === 'output')?.choices
        return formats ? [[`kds ${command.path.join(' ')}`, formats.join(', ')] as const] : []
      }),
    },
    'Text that comes from files or from a cluster is never trusted by the terminal: control characters are shown escaped.',
  ],
}
