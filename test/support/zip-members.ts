import { readFile, writeFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { fromBufferPromise } from 'yauzl'
import { ZipFile } from 'yazl'

/** The members of a ZIP file, by name. */
export async function readMembers(path: string): Promise<Map<string, Buffer>> {
  const zip = await fromBufferPromise(await readFile(path))
  const members = new Map<string, Buffer>()
  for await (const entry of zip.eachEntry()) {
    members.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)))
  }
  return members
}

/** Writes members as they are given, whatever is wrong with them. */
export async function writeMembers(
  path: string,
  members: Iterable<readonly [name: string, content: Buffer]>,
  isStored: (name: string) => boolean = (name) => name.startsWith('payloads/'),
): Promise<void> {
  const zip = new ZipFile()
  for (const [name, content] of members) {
    zip.addBuffer(content, name, { compress: !isStored(name) })
  }
  zip.end()
  await writeFile(path, await buffer(zip.outputStream))
}
