import { CopyOutlined } from '@ant-design/icons'
import { Alert, App, Button, Modal } from 'antd'
import { useWords } from '#ui/i18n.ts'

/** The one time that the secret is known. */
export function SecretShown({ secret, onClose }: { secret: string | undefined; onClose: () => void }) {
  const t = useWords('notifications')
  const { message } = App.useApp()
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(secret ?? '')
      void message.success(t('ui:copied'))
    } catch {
      void message.warning(t('webhooks.copyByHand'))
    }
  }
  return (
    <Modal
      open={secret !== undefined}
      title={t('webhooks.secretTitle')}
      mask={{ closable: false }}
      keyboard={false}
      closable={false}
      footer={
        <>
          <Button icon={<CopyOutlined aria-hidden />} onClick={() => void copy()}>
            {t('ui:copy')}
          </Button>
          <Button type="primary" onClick={onClose}>
            {t('webhooks.secretKept')}
          </Button>
        </>
      }
    >
      <Alert type="warning" showIcon className="notifications-note" title={t('webhooks.secretOnce')} />
      <code className="notifications-secret">{secret}</code>
    </Modal>
  )
}
