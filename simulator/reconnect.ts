import type { MqttClient } from 'mqtt'

/** Connects again and sends what the lost connection left unanswered: without its stores the client would forget it. */
export const reconnect = (client: MqttClient): void => {
  const { incomingStore, outgoingStore } = client
  client.reconnect({ incomingStore, outgoingStore })
}
