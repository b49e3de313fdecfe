import { ProblemList } from '../declaration/problem.js'
import { readDeclaration } from '../declaration/read-declaration.js'
import type { RegistryContent } from '../registry-content.js'
import { planChanges } from './plan-changes.js'
import type { Plan } from './plan.js'

/**
 * What a declaration that came over the network would do: by the same rules as a file, but that it names no files, since those
 * lie with whoever wrote it.
 * @param text - YAML, which JSON is too
 */
export function planDocument(content: RegistryContent, text: string, now: Date): Plan {
  const problems = new ProblemList()
  const declaration = readDeclaration(Buffer.from(text), {
    file: '',
    problems,
    readFile: () => {
      throw Object.assign(new Error('no files'), { code: 'files are not read here: give pem' })
    },
    resolvePath: (path) => path,
  })
  return planChanges(content, declaration ? [declaration] : [], problems, now)
}
