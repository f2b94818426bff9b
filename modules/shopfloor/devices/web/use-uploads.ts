import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { isAborted } from '#ui/api.ts'
import { shrinkPhoto } from '#ui/shrink-photo.ts'
import { sendFile } from '#ui/upload.ts'
import { type DeviceId, devicesApi } from '../contract.ts'

export interface SendingPhoto {
  key: string
  name: string
  preview: string
  /** 0 to 1. */
  part: number
  error?: unknown
}

/** Photos on their way to a device, one after the other; each can be cancelled and, when it was refused, tried again. */
export function usePhotoUploads(id: DeviceId) {
  const client = useQueryClient()
  const [sending, setSending] = useState<SendingPhoto[]>([])
  const aborts = useRef(new Map<string, AbortController>())
  const files = useRef(new Map<string, File>())
  const last = useRef<Promise<void>>(Promise.resolve())
  const count = useRef(0)

  const change = (key: string, part: Partial<SendingPhoto>) =>
    setSending((all) => all.map((one) => (one.key === key ? { ...one, ...part } : one)))

  const drop = (key: string) => {
    aborts.current.get(key)?.abort()
    aborts.current.delete(key)
    files.current.delete(key)
    setSending((all) => {
      for (const one of all) if (one.key === key) URL.revokeObjectURL(one.preview)
      return all.filter((one) => one.key !== key)
    })
  }

  const send = async (key: string) => {
    const file = files.current.get(key)
    if (!file) return
    const abort = new AbortController()
    aborts.current.set(key, abort)
    try {
      const photo = await shrinkPhoto(file)
      abort.signal.throwIfAborted()
      await sendFile(
        devicesApi.addAttachment,
        { params: { id }, query: { kind: 'photo', fileName: photo.name } },
        { file: photo, onProgress: (part) => change(key, { part }), signal: abort.signal },
      )
      drop(key)
      await client.invalidateQueries({ queryKey: ['devices'] })
    } catch (error) {
      if (!isAborted(error)) change(key, { error })
    }
  }

  const queue = (key: string) => {
    last.current = last.current.then(() => send(key))
  }

  const add = (chosen: readonly File[]) => {
    const entries = chosen.map((file) => {
      const key = String(count.current++)
      files.current.set(key, file)
      return { key, name: file.name, preview: URL.createObjectURL(file), part: 0 }
    })
    setSending((all) => [...all, ...entries])
    for (const { key } of entries) queue(key)
  }

  const retry = (key: string) => {
    change(key, { error: undefined, part: 0 })
    queue(key)
  }

  useEffect(() => {
    const running = aborts.current
    return () => {
      for (const abort of running.values()) abort.abort()
    }
  }, [])

  return { sending, add, drop, retry }
}
