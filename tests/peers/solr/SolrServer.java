import java.util.Properties;
import org.apache.solr.client.solrj.embedded.JettyConfig;
import org.apache.solr.client.solrj.embedded.JettySolrRunner;

/** Solr without its scripts; the arguments are its home folder and its port, the host is a system property. */
public class SolrServer {
    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[1]);
        JettyConfig jetty = JettyConfig.builder().setContext("/solr").setPort(port).build();
        new JettySolrRunner(arguments[0], new Properties(), jetty).start();
    }
}
