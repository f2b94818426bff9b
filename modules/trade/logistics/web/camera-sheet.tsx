import { CameraOutlined } from '@ant-design/icons'
import { Alert, Button, Drawer, Spin, Upload } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { nowMs } from '#ui/clock.ts'
import { useWords } from '#ui/i18n.ts'
import { openDecoder } from './open-decoder.ts'

const FRAME_MS = 150
/** The same label stays before the camera for a while: it is one scan. */
const AGAIN_MS = 2_500

type State = 'starting' | 'looking' | 'insecure' | 'denied' | 'noCamera'

/** Scans by the camera until it is closed; without a camera it reads a photo. */
export function Component({ onScan, onClose }: { onScan: (text: string) => void; onClose: () => void }) {
  const t = useWords('logistics')
  const video = useRef<HTMLVideoElement>(null)
  const [state, setState] = useState<State>('starting')
  const [last, setLast] = useState('')
  const [missed, setMissed] = useState(false)
  const scan = useRef(onScan)
  scan.current = onScan

  useEffect(() => {
    const ended = new AbortController()
    void look(video, ended.signal, {
      onState: setState,
      onCode: (text) => {
        navigator.vibrate?.(60)
        setLast(text)
        scan.current(text)
      },
    })
    return () => ended.abort()
  }, [])

  const readPhoto = async (file: File) => {
    const { readCodes } = await import('./zxing-decoder.ts')
    const [text] = await readCodes(file).catch((): string[] => [])
    setMissed(text === undefined)
    if (text === undefined) return
    setLast(text)
    scan.current(text)
  }
  const works = state === 'starting' || state === 'looking'
  return (
    <Drawer open placement="bottom" size={520} title={t('camera.title')} onClose={onClose}>
      {works ? (
        <div className="rc-camera">
          <video ref={video} playsInline muted aria-label={t('camera.title')} />
          {state === 'starting' && <Spin />}
        </div>
      ) : (
        <Alert type="warning" showIcon title={t(`camera.${state}`)} />
      )}
      <p className="ls-quiet" role="status">
        {last ? t('camera.last', { code: last }) : t('camera.hint')}
      </p>
      {missed && <Alert type="warning" showIcon title={t('camera.missed')} />}
      <Upload
        accept="image/*"
        capture="environment"
        showUploadList={false}
        beforeUpload={(file) => {
          void readPhoto(file)
          return false
        }}
      >
        <Button icon={<CameraOutlined aria-hidden />}>{t('camera.photo')}</Button>
      </Upload>
    </Drawer>
  )
}

interface Watch {
  onState: (state: State) => void
  onCode: (text: string) => void
}

async function look(video: { current: HTMLVideoElement | null }, signal: AbortSignal, { onState, onCode }: Watch): Promise<void> {
  if (!navigator.mediaDevices?.getUserMedia) return onState('insecure')
  let stream: MediaStream
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1_280 } } })
  } catch (error) {
    return onState((error as DOMException).name === 'NotAllowedError' ? 'denied' : 'noCamera')
  }
  const stop = () => {
    for (const track of stream.getTracks()) track.stop()
  }
  if (signal.aborted || !video.current) return stop()
  signal.addEventListener('abort', stop)
  video.current.srcObject = stream
  await video.current.play().catch(() => undefined)
  const read = await openDecoder()
  onState('looking')
  const seen = new Map<string, number>()
  while (!signal.aborted && video.current) {
    // A frame that cannot be read is followed by the next one.
    for (const text of await read(video.current).catch(() => [])) {
      const before = seen.get(text)
      seen.set(text, nowMs())
      if (!signal.aborted && (before === undefined || nowMs() - before > AGAIN_MS)) onCode(text)
    }
    await new Promise((next) => setTimeout(next, FRAME_MS))
  }
}
