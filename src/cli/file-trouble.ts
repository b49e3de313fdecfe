import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { UsageError } from './command-io.js'

/** What stands in the way and what to do, by the code of the operating system. */
const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file or folder; check the path'],
  ['ENOTDIR', 'a part of the path is a file and no folder; check the path'],
  ['EISDIR', 'it is a folder; name a file'],
  ['EACCES', 'this account may not do that; give it the right, or use another account'],
  ['EPERM', 'this account may not do that; give it the right, or use another account'],
  ['EEXIST', 'it is there already and is not written over; name another, or move it away'],
  ['ENOSPC', 'the disk is full; make room on it'],
  ['EROFS', 'the disk can only be read; name a place on another'],
])

interface FileError {
  readonly code: string
  readonly message: string
  readonly path?: string
}

/** Whether the file system refused something, and people can be told what to do about it. */
export function isFileTrouble(error: unknown): error is FileError {
  if (typeof error !== 'object' || error === null) return false
  const { code, syscall } = error as Partial<NodeJS.ErrnoException>
  // A socket that is not there is no file that somebody named.
  return code !== undefined && reasons.has(code) && syscall !== undefined && syscall !== 'connect'
}

/** Why a file could not be used, for the person who named it; other errors in their own words. */
export function fileReason(error: unknown): string {
  if (isFileTrouble(error)) return reasons.get(error.code) ?? error.message
  return error instanceof Error ? error.message : String(error)
}

/** The same, with the file. */
export function fileSentence(error: unknown): string {
  const path = isFileTrouble(error) ? error.path : undefined
  return path === undefined ? fileReason(error) : `${path}: ${fileReason(error)}`
}

/**
 * Looks whether a new file can be made, before anything is done of which it is to keep the result.
 * @throws UsageError where there is one of this name, or no folder for it
 */
export async function checkNewFile(path: string): Promise<void> {
  await checkFolder(dirname(resolve(path)))
  const isThere = await stat(resolve(path)).then(
    () => true,
    () => false,
  )
  if (isThere) throw new UsageError(`${path}: ${reasons.get('EEXIST') ?? ''}`)
}

/** @throws UsageError unless it is a folder */
export async function checkFolder(path: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory()) return
  } catch (error) {
    throw new UsageError(`${path}: ${fileReason(error)}`)
  }
  throw new UsageError(`${path}: it is a file and no folder; name a folder`)
}
