// Reads simulations as JSON from standard input; writes what iam-simulate says of each, or why it has no answer.
import { readFileSync } from 'node:fs'
import { runSimulation } from '@cloud-copilot/iam-simulate'

const answers = []
for (const simulation of JSON.parse(readFileSync(0, 'utf8'))) {
  const response = await runSimulation(simulation, {})
  answers.push(
    response.resultType === 'error'
      ? { error: JSON.stringify(response.errors) }
      : { result: response.overallResult, ignored: response.result?.ignoredContextKeys ?? [] }
  )
}
process.stdout.write(JSON.stringify(answers))
