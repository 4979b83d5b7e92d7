import type { TopicSpec } from '#cli/topics/spec.ts'

export const exitCodesTopic: TopicSpec = {
  name: 'exit-codes',
  summary: 'What the exit code of each command means',
  parts: (commands) => [
    "Exit codes are kubectl's by default: 0 is done, 1 is any failure, wrong usage among them. A code never counts anything.",
    'With --detailed-exitcode a script learns more. It is a flag and not the default, so that kds can take the place of kubectl in scripts that only know 0 and 1.',
    {
      terms: [
        ['0', 'Done'],
        ['1', 'Failed: wrong usage, unreadable input, or the server refused'],
        ['130', 'Interrupted by Ctrl-C'],
      ],
    },
    'By command:',
    {
      terms: commands.flatMap((command) =>
        Object.entries(command.exitCodes).map(
          ([code, meaning]) => [`kds ${command.path.join(' ')}: ${code}`, meaning] as const,
        ),
      ),
    },
  ],
}
