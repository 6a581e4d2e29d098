import java.io.*;
import java.net.Socket;
import java.security.*;
import java.security.cert.*;
import java.security.cert.Certificate;
import java.util.*;
import javax.net.ssl.*;

// SSL 3.0 client of the JDK. Each line of standard input is one conversation:
//
//     PORT PROTOCOL SUITE CERTIFICATE CLOSER
//
// CERTIFICATE is "real" (the certificate is taken as the game takes it) or "checked" (as the JDK takes it), CLOSER is "client"
// or "server". The answer is one line: "ok" and the SHA-256 of the certificate as it came, or "error" and the exception.
public class JdkClient {
    static boolean takeReal;
    static byte[] received;

    // The JDK refuses a certificate whose outer signature algorithm differs from the inner one. This one makes them equal
    // before the JDK looks, and keeps what really came.
    public static class Factory extends CertificateFactorySpi {
        private static CertificateFactory jdk() throws CertificateException {
            try {
                return CertificateFactory.getInstance("X.509", "SUN");
            } catch (NoSuchProviderException e) {
                throw new CertificateException(e);
            }
        }

        public Certificate engineGenerateCertificate(InputStream in) throws CertificateException {
            try {
                received = in.readAllBytes();
                byte[] der = received.clone();
                if (takeReal && der.length == 682 && der[547] == 1) {
                    der[547] = 4;
                }
                return jdk().generateCertificate(new ByteArrayInputStream(der));
            } catch (IOException e) {
                throw new CertificateException(e);
            }
        }

        public Collection<? extends Certificate> engineGenerateCertificates(InputStream in) throws CertificateException {
            return jdk().generateCertificates(in);
        }

        public CRL engineGenerateCRL(InputStream in) throws CRLException {
            throw new CRLException("not needed");
        }

        public Collection<? extends CRL> engineGenerateCRLs(InputStream in) throws CRLException {
            throw new CRLException("not needed");
        }
    }

    static class FactoryProvider extends Provider {
        FactoryProvider() {
            super("GameCertificates", "1", "reads certificates as the game does");
            putService(new Provider.Service(this, "CertificateFactory", "X.509", Factory.class.getName(), null, null) {
                public Object newInstance(Object parameter) {
                    return new Factory();
                }
            });
        }
    }

    static class TrustAll extends X509ExtendedTrustManager {
        public void checkClientTrusted(X509Certificate[] c, String a) {}
        public void checkClientTrusted(X509Certificate[] c, String a, Socket s) {}
        public void checkClientTrusted(X509Certificate[] c, String a, SSLEngine e) {}
        public void checkServerTrusted(X509Certificate[] c, String a) {}
        public void checkServerTrusted(X509Certificate[] c, String a, Socket s) {}
        public void checkServerTrusted(X509Certificate[] c, String a, SSLEngine e) {}
        public X509Certificate[] getAcceptedIssuers() { return new X509Certificate[0]; }
    }

    public static void main(String[] args) throws Exception {
        Security.setProperty("jdk.tls.disabledAlgorithms", "");
        Security.insertProviderAt(new FactoryProvider(), 1);
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = commands.readLine()) != null; ) {
            String[] words = line.split(" ");
            takeReal = words[3].equals("real");
            received = new byte[0];
            try {
                converse(Integer.parseInt(words[0]), words[1], words[2], words[4].equals("client"));
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(received);
                System.out.println("ok " + HexFormat.of().formatHex(digest));
            } catch (Exception e) {
                System.out.println("error " + e);
            }
        }
    }

    static void converse(int port, String protocol, String suite, boolean closeFirst) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS"); // a new one: no sessions to resume
        context.init(null, new TrustManager[] {new TrustAll()}, null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setSoTimeout(20_000);
            socket.setTcpNoDelay(true);
            socket.setEnabledProtocols(new String[] {protocol});
            socket.setEnabledCipherSuites(new String[] {suite});
            socket.startHandshake();
            if (!socket.getSession().getCipherSuite().equals(suite) || !socket.getSession().getProtocol().equals(protocol)) {
                throw new IOException("got " + socket.getSession());
            }
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            for (int i = 0; i < 300; i++) {
                out.write(i);
                out.flush();
                if (in.readByte() != (byte) i) {
                    throw new IOException("byte " + i + " came back differently");
                }
            }
            byte[] sent = new byte[15001];
            new Random(1).nextBytes(sent);
            out.write(sent);
            out.flush();
            byte[] back = new byte[sent.length];
            in.readFully(back);
            if (!Arrays.equals(sent, back)) {
                throw new IOException("the large record came back differently");
            }
            if (!closeFirst && in.read() != -1) { // fails without close_notify
                throw new IOException("more data instead of the end");
            }
        }
    }
}
