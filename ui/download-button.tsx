import { DownloadOutlined } from '@ant-design/icons'
import { App, Button } from 'antd'
import { useState } from 'react'
import { errorText } from './api.ts'
import { useWords } from './i18n.ts'

/** Fetches a file; says so while it does, and why where it cannot. */
export function DownloadButton({ text, fetchFile, primary }: { text: string; fetchFile: () => Promise<void>; primary?: boolean }) {
  const t = useWords()
  const { message } = App.useApp()
  const [busy, setBusy] = useState(false)
  const start = async () => {
    setBusy(true)
    await fetchFile().catch((error) => void message.error(errorText(error, t)))
    setBusy(false)
  }
  return (
    <Button type={primary ? 'primary' : 'default'} icon={<DownloadOutlined aria-hidden />} loading={busy} onClick={() => void start()}>
      {text}
    </Button>
  )
}
