import java.io.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.cert.Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import javax.net.ssl.*;

// SSL 3.0 server of the JDK. Arguments: files with a certificate (DER) and its key (PKCS #8 DER). It first prints its port.
// Each line of standard input is one conversation to wait for:
//
//     SUITE CLOSER
//
// CLOSER is "client" or "server". The answer is one line: "ok", or "error" and the exception.
public class JdkServer {
    public static void main(String[] args) throws Exception {
        Security.setProperty("jdk.tls.disabledAlgorithms", "");
        CertificateFactory certificates = CertificateFactory.getInstance("X.509");
        Certificate certificate = certificates.generateCertificate(new ByteArrayInputStream(Files.readAllBytes(Path.of(args[0]))));
        PrivateKey key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(Path.of(args[1]))));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("key", key, new char[0], new Certificate[] {certificate});
        KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);

        try (SSLServerSocket listener = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 5, java.net.InetAddress.getByName("127.0.0.1"))) {
            listener.setSoTimeout(20_000);
            System.out.println(listener.getLocalPort());
            BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
            for (String line; (line = commands.readLine()) != null; ) {
                String[] words = line.split(" ");
                try {
                    converse(listener, words[0], words[1].equals("server"));
                    System.out.println("ok");
                } catch (Exception e) {
                    System.out.println("error " + e);
                }
            }
        }
    }

    static void converse(SSLServerSocket listener, String suite, boolean closeFirst) throws Exception {
        try (SSLSocket socket = (SSLSocket) listener.accept()) {
            socket.setSoTimeout(20_000);
            socket.setTcpNoDelay(true);
            socket.setEnabledProtocols(new String[] {"SSLv3"});
            socket.setEnabledCipherSuites(new String[] {suite});
            socket.startHandshake();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            for (int i = 0; i < 300; i++) {
                out.write(in.readByte());
                out.flush();
            }
            byte[] large = new byte[15001];
            in.readFully(large);
            out.write(large);
            out.flush();
            if (!closeFirst && in.read() != -1) { // fails without close_notify
                throw new IOException("more data instead of the end");
            }
        }
    }
}
