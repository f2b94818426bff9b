import { CopyOutlined } from '@ant-design/icons'
import { Alert, App, Button, Modal } from 'antd'
import { useWords } from '#ui/i18n.ts'

export interface NewSecretShown {
  userName: string
  secret: string
}

/** Shows a device's secret the one time it is known. */
export function SecretOnce({ secret, onClose }: { secret: NewSecretShown | undefined; onClose: () => void }) {
  const t = useWords('devices')
  if (!secret) return null
  return (
    <Modal
      open
      title={t('secretTitle')}
      mask={{ closable: false }}
      keyboard={false}
      closable={false}
      footer={
        <>
          <CopyButton text={`${t('userName')}: ${secret.userName}\n${t('secret')}: ${secret.secret}`} />
          <Button type="primary" onClick={onClose}>
            {t('secretKept')}
          </Button>
        </>
      }
    >
      <Alert type="warning" showIcon className="ls-form-failure" title={t('secretOnce')} />
      <dl className="dv-secret">
        <dt className="ls-quiet">{t('userName')}</dt>
        <dd>
          <code>{secret.userName}</code>
        </dd>
        <dt className="ls-quiet">{t('secret')}</dt>
        <dd>
          <code>{secret.secret}</code>
        </dd>
      </dl>
    </Modal>
  )
}

export function CopyButton({ text }: { text: string }) {
  const t = useWords('devices')
  const { message } = App.useApp()
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      void message.success(t('ui:copied'))
    } catch {
      void message.warning(t('copyByHand'))
    }
  }
  return (
    <Button icon={<CopyOutlined aria-hidden />} onClick={() => void copy()}>
      {t('ui:copy')}
    </Button>
  )
}
