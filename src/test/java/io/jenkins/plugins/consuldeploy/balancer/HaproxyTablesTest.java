package io.jenkins.plugins.consuldeploy.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.NoSuchElementException;
import org.junit.Test;

public class HaproxyTablesTest {

    @Test
    public void columnsAreFoundByTheirNamesWhereverTheyAre() {
        String answer = """
                1
                # be_id be_name srv_port srv_id srv_name srv_addr srv_op_state srv_admin_state srv_iweight srv_uweight new
                3 b 81 1 app1 10.0.0.1 2 8 9 5 x
                3 b 82 2 app2 10.0.0.2 0 0 1 1 x

                # pxname,scur,svname,last_chk,qcur,bck,
                b,3,app1,"down, ""for"" a
                while",2,0,
                b,,app2,,,1,

                """;

        assertThat(HaproxyTables.parse(answer))
                .containsExactly(
                        new HaproxyServer("b", "app1", "10.0.0.1", "-", 81, 2, 8, 5, 9, 3, 2, false),
                        new HaproxyServer("b", "app2", "10.0.0.2", "-", 82, 0, 0, 1, 1, 0, 0, true));
    }

    @Test
    public void whatAnAnswerLacksIsNamed() {
        assertThatThrownBy(() -> HaproxyTables.parse("Unknown command"))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("no table of servers");
        assertThatThrownBy(() -> HaproxyTables.parse(
                        "# be_id be_name srv_name srv_addr\n1 b app1 10.0.0.1\n\n# pxname,svname,scur\nb,app1,0\n"))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("no column srv_port");
    }
}
