/** What a component does with its key file, in TypeScript and in Python. */
export function howToUseKey(name: string, file: string): string {
  return `
${name} may come in. Give it the file ${file} (copy it over a safe way, keep its mode 0600), and no other:

  any component with the bridge, bitten, the collector:
    BITTEN_KEY_FILE=${file}

  TypeScript, the bridge by hand:
    new EventBridge({ keyFile: '${file}' })

  Python (pyzmq), for all three ports:
    import zmq
    with open('${file}') as lines:
        key = dict(line.split() for line in lines if not line.startswith('# '))
    socket = zmq.Context.instance().socket(zmq.PUSH)
    socket.curve_publickey = key['public'].encode()
    socket.curve_secretkey = key['secret'].encode()
    socket.curve_serverkey = key['server'].encode()
    socket.connect('tcp://127.0.0.1:5571')

  any other ZeroMQ client: the options CURVE_PUBLICKEY, CURVE_SECRETKEY and CURVE_SERVERKEY, from the same file.
`;
}
