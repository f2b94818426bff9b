import { CopyOutlined } from '@ant-design/icons'
import { Alert, App, Button, Modal } from 'antd'
import { useWords } from '#ui/i18n.ts'
import './access.css'

export interface Secret {
  title: string
  /** What the secret belongs to, as pairs of label and text: log-in name, client id. */
  facts: { label: string; value: string }[]
  label: string
  secret: string
}

/** Shows a secret the one time it is known, and says so. */
export function SecretOnce({ secret, onClose }: { secret: Secret | undefined; onClose: () => void }) {
  const t = useWords('access')
  const { message } = App.useApp()
  if (!secret) return null
  const lines = [...secret.facts, { label: secret.label, value: secret.secret }]
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(lines.map((line) => `${line.label}: ${line.value}`).join('\n'))
      void message.success(t('ui:copied'))
    } catch {
      void message.warning(t('copyByHand'))
    }
  }
  return (
    <Modal
      open
      title={secret.title}
      mask={{ closable: false }}
      keyboard={false}
      closable={false}
      footer={
        <>
          <Button icon={<CopyOutlined aria-hidden />} onClick={() => void copy()}>
            {t('ui:copy')}
          </Button>
          <Button type="primary" onClick={onClose}>
            {t('secretKept')}
          </Button>
        </>
      }
    >
      <Alert type="warning" showIcon className="ls-form-failure" title={t('secretOnce')} />
      <dl className="ls-secret">
        {lines.map((line) => (
          <div key={line.label}>
            <dt className="ls-quiet">{line.label}</dt>
            <dd>
              <code>{line.value}</code>
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
