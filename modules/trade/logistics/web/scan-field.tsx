import { CameraOutlined, ScanOutlined } from '@ant-design/icons'
import { Button, Input, type InputRef } from 'antd'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useWords } from '#ui/i18n.ts'

// Fetched when the camera is asked for, and not before.
const CameraSheet = lazy(async () => ({ default: (await import('./camera-sheet.tsx')).Component }))

const typing = (target: EventTarget | null) => target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')

/**
 * Where the scanner types (keyboard wedge): always ready, whatever was tapped before; the on-screen keyboard stays away until it is asked for.
 */
export function ScanField({ onScan, hint }: { onScan: (text: string) => void; hint: string }) {
  const t = useWords('logistics')
  const field = useRef<InputRef>(null)
  const [text, setText] = useState('')
  const [byHand, setByHand] = useState(false)
  const [camera, setCamera] = useState(false)
  useEffect(() => {
    field.current?.focus()
    const catchKeys = (event: KeyboardEvent) => {
      if (!typing(event.target) && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) field.current?.focus()
    }
    addEventListener('keydown', catchKeys)
    return () => removeEventListener('keydown', catchKeys)
  }, [])
  const done = () => {
    const code = text.trim()
    setText('')
    field.current?.focus()
    if (code !== '') onScan(code)
  }
  return (
    <div className="rc-scan">
      <Input
        ref={field}
        size="large"
        value={text}
        prefix={<ScanOutlined aria-hidden />}
        placeholder={hint}
        aria-label={hint}
        inputMode={byHand ? 'text' : 'none'}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        onChange={({ target }) => setText(target.value)}
        onPressEnter={done}
        suffix={
          <>
            <Button type="text" icon={<CameraOutlined aria-hidden />} aria-label={t('camera.open')} onClick={() => setCamera(true)} />
            <Button
              type="text"
              onClick={() => {
                setByHand(!byHand)
                field.current?.blur()
                setTimeout(() => field.current?.focus(), 50)
              }}
            >
              {t(byHand ? 'rc.scanner' : 'rc.byHand')}
            </Button>
          </>
        }
      />
      {camera && (
        <Suspense>
          <CameraSheet onScan={onScan} onClose={() => setCamera(false)} />
        </Suspense>
      )}
    </div>
  )
}
